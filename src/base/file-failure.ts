/** Why a file could not be read or written, in words; what the operating system says where none are known. */
export function fileFailureText(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const own = error instanceof Error ? error.message : String(error);
  return WORDS.get(code) ?? own;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["EACCES", "it is not permitted"],
  ["EPERM", "it is not permitted"],
  ["EEXIST", "it is there already"],
  ["ENOTDIR", "it, or a part of its path, is a file and no folder"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its links lead in circles"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
]);
