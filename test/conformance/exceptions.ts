/** Specs of TensorFlow.js that do not apply to our backend: full name, and why. */
export const exceptions: Readonly<Record<string, string>> = {
  'Switching cpu backends conformance {} Move data from cpu1 to cpu2 backend':
    'registered for the backend cpu alone',
  'Switching cpu backends conformance {} can execute op with data from mixed backends':
    'registered for the backend cpu alone',
};
