"""Calls a server with python-gitlab: URL, token, project path, prepared ids as JSON. Prints what it saw as JSON."""
import json
import sys

import gitlab

url, token, path, ids = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
gl = gitlab.Gitlab(url, private_token=token)
project = gl.projects.get(path)
done = project.jobs.get(ids["done"])
seen = {
    "listed": [job.id for job in project.jobs.list(scope=["success", "failed"], get_all=True)],
    "bare_scope": [job.id for job in project.jobs.list(scope="manual", get_all=True)],
    "iterated": [job.id for job in project.jobs.list(iterator=True, per_page=1)],
    "keyset": [job.id for job in project.jobs.list(iterator=True, per_page=1, pagination="keyset", order_by="id")],
    "total": project.jobs.list(per_page=1, iterator=True).total,
    "job": [done.status, done.coverage, done.artifacts_file["filename"]],
    "trace": done.trace().decode(),
    "archive": len(done.artifacts()),
    "file": done.artifact("dir/a b.txt").decode(),
    "ref_file": project.artifacts.raw("feature/x", "dir/a b.txt", "job").decode(),
    "ref_archive": len(project.artifacts.download("feature/x", "job")),
}
done.keep_artifacts()
failed = project.jobs.get(ids["failed"])
seen["retried"] = failed.retry()["status"]
manual = project.jobs.get(ids["manual"])
manual.play()
manual.refresh()
seen["played"] = manual.status
seen["canceled"] = manual.cancel()["status"]
failed.erase()
try:
    failed.trace()
except gitlab.exceptions.GitlabGetError as error:
    seen["erased"] = [error.response_code, error.error_message]
try:
    project.jobs.list(scope=["nonsense"], get_all=True)
except gitlab.exceptions.GitlabError as error:
    seen["refused"] = [error.response_code, error.error_message]
pipeline = project.pipelines.get(ids["pipeline"])
seen["pipeline"] = [pipeline.status, pipeline.coverage, [job.id for job in pipeline.jobs.list(get_all=True)]]
seen["bridges"] = len(pipeline.bridges.list(get_all=True))
seen["retried_pipeline"] = pipeline.retry()["status"]
done.delete_artifacts()
project.artifacts.delete()
print(json.dumps(seen))
