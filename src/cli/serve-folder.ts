/**
 * The folder of a standing backend: what whoever speaks with it has to read, and with `--data` everything that
 * outlives its process. All of it is readable by its owner only, and no secret is ever printed.
 */
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { makeFolders } from "../engine/make-folders.ts";

const STORE = "backend.sqlite";

export class ServeFolder {
  readonly path: string;
  readonly tokenFile: string;
  readonly caFile: string;
  /** Undefined where nothing outlives the process. */
  readonly storeFile: string | undefined;

  private constructor(path: string, isKept: boolean) {
    this.path = path;
    this.tokenFile = join(path, "operator-token");
    this.caFile = join(path, "ca.pem");
    this.storeFile = isKept ? join(path, STORE) : undefined;
  }

  /**
   * Opens or makes the folder; throws a `UserError` where that cannot be.
   *
   * @param dataDir as the user named it; undefined = a temporary one, for as long as the backend lives
   */
  static open(dataDir: string | undefined): ServeFolder {
    // Made by the system for its owner alone.
    if (dataDir === undefined) return new ServeFolder(mkdtempSync(join(tmpdir(), "otafleet-serve-")), false);
    if (dataDir === "") throw new UserError({ field: "--data", seen: 'is ""', expected: "name a folder" });
    try {
      makeFolders(resolve(dataDir), 0o700);
      const found = readdirSync(dataDir);
      if (found.length > 0 && !found.includes(STORE)) throw foreignFolder(dataDir, found);
      return new ServeFolder(dataDir, true);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw unusable(dataDir, error);
    }
  }

  /** Writes what others read: the operator's token and the CA that the backend's certificates are signed by. */
  write(operatorToken: string, caPem: string): void {
    try {
      writePrivate(this.tokenFile, `${operatorToken}\n`);
      writePrivate(this.caFile, caPem);
    } catch (error) {
      throw unusable(this.path, error);
    }
  }

  /** Takes a temporary folder away. */
  close(): void {
    if (this.storeFile === undefined) rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whole or not at all, and never through a link that somebody else has laid there. */
function writePrivate(path: string, text: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

/** Secrets and a database belong into no folder that is somebody else's. */
function foreignFolder(path: string, found: readonly string[]): UserError {
  const more = found.length > 3 ? ", ..." : "";
  return new UserError({
    field: "--data",
    seen: `${path} has other things in it: ${found.toSorted().slice(0, 3).join(", ")}${more}`,
    expected: "name a new or an empty folder, or one that serve has kept its data in",
  });
}

function unusable(path: string, error: unknown): UserError {
  // The folders above it are there by then: the place itself takes none.
  const isNoPlace = error instanceof Error && "code" in error && error.code === "ENOENT";
  const why = isNoPlace ? "no folder can be made there" : fileFailureText(error);
  return new UserError({
    field: "--data",
    seen: `${path} cannot be used: ${why}`,
    expected: "name a folder that is writable, or one that is not there yet",
  });
}
