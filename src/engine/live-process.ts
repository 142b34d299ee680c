/** Whether a process of this machine lives: what one that is gone has left behind may be taken away. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
