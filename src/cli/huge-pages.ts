/** Huge pages for what this program starts: logs of hundreds of megabytes are written once, at a page fault for every few rows else. */

/** Read by glibc at the start of a process; nothing where there is no glibc. */
export const HUGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const;
