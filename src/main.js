#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before anything else is imported: types are stripped once, not at every start. This file has none to strip, so
// that what strips them, larger than the server, is loaded only for files that have changed.
enableCompileCache();

const { runCommand } = await import('./command-line.ts');
await runCommand(process.argv.slice(2));
