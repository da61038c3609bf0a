#!/usr/bin/env node
import { program } from './program.js';
import { reportFailure } from './report-failure.js';

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error);
  });
