/**
 * The address that a request came from: the last of `X-Forwarded-For`. Google's front end appends what it saw itself;
 * whatever stands before that, the caller may have written. `unknown` when there is none.
 */
export function callerAddress(forwardedFor: string | undefined): string {
  const last = forwardedFor?.split(',').at(-1)?.trim() ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(last)?.[1];
  const address = (mapped ?? last).toLowerCase();
  return /^[0-9a-f.:]{2,45}$/.test(address) ? address : 'unknown';
}

/** What requests are counted by: an IPv4 address, or the /64 network of an IPv6 one, for each line owns a whole /64. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
