/** A text without the password of a URL in it: the logs of a build server keep what is printed. */
export function withoutPassword(text: string): string {
  return text.replaceAll(/(\/\/[^\s/:@]*:)[^\s/@]*@/gu, "$1***@");
}
