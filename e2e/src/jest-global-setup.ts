import { readEnvironment } from './environment.ts';
import { nxInstallation, serverInstallation } from './installations/installation.ts';
import { prepareInstallations } from './installations/prepare-installations.ts';

/** Installs everything that the specs use before the first of them runs. */
export default async function prepare(): Promise<void> {
  const { nxVersions, inherited } = readEnvironment();
  await prepareInstallations([serverInstallation, ...nxVersions.map(nxInstallation)], {
    env: inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
}
