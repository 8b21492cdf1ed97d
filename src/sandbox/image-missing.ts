import { DrillError } from '../core/errors.ts';

/** No image with the right PostgreSQL is there; `drill image build` makes one. */
export class ImageMissingError extends DrillError {
  /** Null: any would do for a first look. */
  readonly major: number | null;

  constructor(major: number | null) {
    const what = major === null ? 'no image for drills' : `no image for drills with PostgreSQL ${major}`;
    super('image-missing', `the engine has ${what}`, {
      hint: `drill image build${major === null ? '' : ` --major ${major}`} makes one; or name your own with sandbox.image in the plan`,
    });
    this.major = major;
  }
}
