#include "core/jobs/worker/new_job.h"

#include "core/jobs/worker/guarded_run.h"

namespace vitrine
{
namespace
{

// Empty ones too: an emptied text is another parameter than its default.
std::map<std::string, std::string> allTexts(const Params& params)
{
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : params.all())
        texts[name] = paramText(value);
    return texts;
}

} // namespace

Result<Job> makeJob(const FoundExperiment& found, const std::map<std::string, std::string>& given)
{
    if (!found.experiment)
        return argumentError("{}", found.problem);
    Job job;
    VITRINE_TRY(job.params, resolveParams(*found.experiment, given));
    const ExperimentInfo info = found.experiment->info();
    job.experiment = info.id;
    job.experimentVersion = info.version;
    job.plugin = found.plugin;
    for (const auto& [name, text] : given)
        if (const auto value = job.params.all().find(name); value != job.params.all().end())
            job.given[name] = paramText(value->second);
    return job;
}

Result<Job> makeJobAgain(const FoundExperiment& found, const RunRecord& run)
{
    Job job;
    if (found.experiment) {
        VITRINE_TRY(job, makeJob(found, allTexts(run.params)));
    } else {
        job.experiment = run.experiment;
        job.experimentVersion = run.experimentVersion;
        job.plugin = run.plugin;
        job.given = allTexts(run.params);
        job.params = run.params;
    }
    job.parent = run.uid;
    return job;
}

RunRecord recordOfJob(const Job& job)
{
    RunRecord run;
    describeMachine(run);
    run.uid = job.uid;
    run.parent = job.parent;
    run.experiment = job.experiment;
    run.experimentVersion = job.experimentVersion;
    run.plugin = job.plugin;
    run.params = job.params;
    run.command = repeatingCommand(job.experiment, job.given);
    return run;
}

} // namespace vitrine
