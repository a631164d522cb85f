/** A job of a branch's pipeline that makes a site. */
export interface PagesJobs {
  pipeline_id: number;
  /** Of the job; whichever one stands for it. */
  name: string;
  project_id: number;
  /** The branch. */
  ref: string;
  /** The folder of its archive that is shown. */
  publish: string;
  /** A duration as written; null: for as long as the archive is there. */
  expire_in: string | null;
}
