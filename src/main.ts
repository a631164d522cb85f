#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before anything else is imported: types are stripped once, not at every start.
enableCompileCache();

const { runCommand } = await import('./command-line.ts');
await runCommand(process.argv.slice(2));
