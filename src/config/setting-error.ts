/** The one way in which a setting is refused: a sentence that names it. `main.ts` prints it and exits with 1. */

/** `setting` is a path of the settings table (`database.port`) or `configuration file`. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  constructor(
    readonly setting: string,
    message: string,
  ) {
    super(message);
  }
}

/** Thrown by a setting's type; the reader adds the name of the setting and where the value came from. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}
