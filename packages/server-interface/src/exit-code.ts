/** The exit code by which a server says that its library cannot load on this machine (EX_UNAVAILABLE of sysexits.h). */
export const UNAVAILABLE_EXIT_CODE = 69;
