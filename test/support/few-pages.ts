/**
 * Runs once, before any test file: what glibc gives out to the processes of the tests stands in one place, in pages of 2 MiB
 * where the machine has such. To start a program copies the page table of whoever starts it, which are hundreds of git: with an
 * area for each thread and small pages that takes three times as long.
 */
export function setup(): void {
  process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1';
}
