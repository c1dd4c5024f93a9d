import { readEnvironment } from './environment.ts';
import {
  changingInstallation,
  clientInstallation,
  fastLaneInstallation,
  foreignServerInstallation,
  nxInstallation,
  plainNxInstallation,
  serverInstallation,
  vercelClientsInstallation,
} from './installations/installation.ts';
import { prepareInstallations } from './installations/prepare-installations.ts';
import { doorOf, latestOfEachDoor, supportedNxVersions } from './workspace/nx-version.ts';

/** Installs everything that the specs use before the first of them runs. */
export default async function prepare(): Promise<void> {
  const { nxVersions, fastLaneNxVersions, inherited } = readEnvironment();
  const installations = [
    serverInstallation,
    clientInstallation,
    foreignServerInstallation,
    vercelClientsInstallation,
    ...nxVersions.map(nxInstallation),
    ...supportedNxVersions.slice(-1).map(plainNxInstallation),
    ...fastLaneNxVersions.map(fastLaneInstallation),
    ...latestOfEachDoor(nxVersions)
      .filter((version) => doorOf(version) === 'runner')
      .map(changingInstallation),
  ];
  await prepareInstallations(installations, {
    env: inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
}
