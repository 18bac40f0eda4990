/** What a provider's operation is found by: the last part of its name, which is unique and has no slashes. */
export function operationKey(operation: string): string {
  return operation.slice(operation.lastIndexOf('/') + 1);
}
