/**
 * Does both at once and returns when both have ended, so that nothing still works on what is cleaned up next. Throws what
 * the first threw, or else the second.
 */
export async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
