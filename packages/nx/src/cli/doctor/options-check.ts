import { toTrouble } from '../../report/trouble.ts';
import { ok, problem, warning, type Check } from './check.ts';

export const optionsCheck: Check = {
  id: 'options',
  title: 'Options',
  examine({ options, optionsError }) {
    if (options === null) {
      const { code, detail, hint } = toTrouble(optionsError);
      return problem(`${detail}.`, hint, code);
    }
    if (options.mode === 'off') {
      return warning(
        `The mode is "off" (${options.sources.mode}): the cache is not used.`,
        'Set another mode, or leave it as it is.',
      );
    }
    if (!options.isConfigured) {
      return problem(
        'There is no token, and no signed identity of a CI job to get one for.',
        'Set LARDER_TOKEN where Nx runs.',
      );
    }
    const [first] = options.warnings;
    if (first !== undefined)
      return warning(options.warnings.join(' '), 'Correct it, or remove it.');
    const from = options.token === null ? 'the identity of the CI job' : options.sources.token;
    return ok(`All options are well formed; the token is from ${from}.`);
  },
};
