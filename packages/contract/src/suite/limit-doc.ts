/** The rule for the size of a message, in Markdown; `rows/limits.ts` holds every server to it. */
export const LIMIT_DOC = `## How a message is counted

\`readLimitBytes\` counts the payload of a message after inflation, and nothing else: exactly that much passes, and one byte
more ends the connection with 1009. Nothing that comes behind such a message is heard.

- **Fragments**: a message may come in as many as the limit has bytes. What is in them counts, not how many they are. Empty
  ones without end are a waste that takes no memory; a library that counts them ends the connection with 1008.
- **Bytes on the wire**: data that do not compress are longer on the wire than the message. Twice the limit may come with
  permessage-deflate; past that a server may end the connection with 1009 or without a close frame, so that nobody fills its
  memory with data that inflate to nothing. A server that inflates as it reads need not. Socket.IO takes no more than the
  limit itself: data that do not compress get 1009 from 0.3 % below it.
`;
