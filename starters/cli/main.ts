import { runCommandLine } from './run.ts';

// `lockkeeper status | head` closes the pipe: nobody reads on, and that is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2));
