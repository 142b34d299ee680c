/** newlib's texts of the errno values that a status can carry: a node has these, not those of the host. */
const TEXTS: Readonly<Record<number, string>> = {
  0: "Invalid",
  4: "Interrupted system call",
  5: "I/O error",
  11: "No more processes",
  12: "Not enough space",
  16: "Device or resource busy",
  22: "Invalid argument",
  23: "Too many open files in system",
  104: "Connection reset by peer",
  110: "Operation not supported on socket",
  111: "Connection refused",
  113: "Software caused connection abort",
  114: "Network is unreachable",
  115: "Network interface is not configured",
  116: "Connection timed out",
  118: "Host is unreachable",
  119: "Connection already in progress",
  120: "Socket already connected",
  128: "Socket is not connected",
};

export function errnoText(errno: number): string {
  return TEXTS[errno] ?? "Invalid";
}
