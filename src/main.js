#!/usr/bin/env -S node --max-semi-space-size=8
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Before anything else is imported: types are stripped once, not at every start. This file has none to strip, so
// that what strips them, larger than the server, is loaded only for files that have changed.
enableCompileCache();

// Each piece of a body is memory of its own outside of the heap. With this V8 looks for those that are done with
// after 16 MiB of them, in a young collection of a millisecond; else after 128 MiB, or in a full one.
setFlagsFromString('--scavenger-max-new-space-capacity-mb=4');
// Where jobs keep every processor busy, a young collection that is shared out waits for threads to get their turn:
// on two processors it takes four times as long as by itself.
setFlagsFromString('--no-parallel-scavenge');

const { runCommand } = await import('./command-line.ts');
await runCommand(process.argv.slice(2));
