/**
 * Runs once, before any test file: glibc asks for pages of 2 MiB for the processes that run them, where the machine has such. To
 * start a program copies the page table of whoever starts it: that took 2 ms at first and 16 ms after a few test files.
 */
export function setup(): void {
  process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1';
}
