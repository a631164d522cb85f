/** What a runner may leave: the format in which each comes, and the file's name unless the job says one. */
const TYPES = {
  archive: ['zip', 'artifacts'],
  lsif: ['zip', 'lsif.json'],
  scip: ['zip', 'index.scip'],
  metadata: ['gzip', 'metadata.gz'],
  junit: ['gzip', 'junit.xml'],
  dotenv: ['gzip', '.env'],
  cobertura: ['gzip', 'cobertura-coverage.xml'],
  jacoco: ['gzip', 'jacoco-coverage.xml'],
  cyclonedx: ['gzip', 'gl-sbom.cdx.json'],
  annotations: ['gzip', 'gl-annotations.json'],
  metrics: ['gzip', 'metrics.txt'],
  metrics_referee: ['gzip', 'metrics-referee.json'],
  network_referee: ['gzip', 'network-referee.json'],
  cluster_applications: ['gzip', 'gl-cluster-applications.json'],
  repository_xray: ['gzip', 'gl-repository-xray.json'],
  sast: ['raw', 'gl-sast-report.json'],
  secret_detection: ['raw', 'gl-secret-detection-report.json'],
  dependency_scanning: ['raw', 'gl-dependency-scanning-report.json'],
  container_scanning: ['raw', 'gl-container-scanning-report.json'],
  cluster_image_scanning: ['raw', 'gl-cluster-image-scanning-report.json'],
  dast: ['raw', 'gl-dast-report.json'],
  license_scanning: ['raw', 'gl-license-scanning-report.json'],
  accessibility: ['raw', 'gl-accessibility.json'],
  codequality: ['raw', 'gl-code-quality-report.json'],
  performance: ['raw', 'performance.json'],
  browser_performance: ['raw', 'browser-performance.json'],
  load_performance: ['raw', 'load-performance.json'],
  terraform: ['raw', 'tfplan.json'],
  requirements: ['raw', 'requirements.json'],
  requirements_v2: ['raw', 'requirements_v2.json'],
  coverage_fuzzing: ['raw', 'gl-coverage-fuzzing-report.json'],
  api_fuzzing: ['raw', 'gl-api-fuzzing-report.json'],
  sarif: ['raw', 'gl-sarif-report.json'],
} as const satisfies Record<string, readonly [format: ArtifactFormat, name: string]>;

export type ArtifactFormat = 'zip' | 'gzip' | 'raw';
export type ArtifactType = keyof typeof TYPES;
export const ARTIFACT_TYPES = Object.keys(TYPES) as ArtifactType[];

export const isArtifactType = (text: string): text is ArtifactType => Object.hasOwn(TYPES, text);
export const formatOf = (type: ArtifactType): ArtifactFormat => TYPES[type][0];
export const defaultName = (type: ArtifactType): string => TYPES[type][1];
