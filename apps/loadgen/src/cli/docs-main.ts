import { writeFileSync } from 'node:fs';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { docsText } from './docs.ts';

/* `pnpm --filter ws-arena-loadgen docs` writes docs/loadgen.md. */
writeFileSync(`${repoRoot}docs/loadgen.md`, docsText());
