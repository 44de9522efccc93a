#include "plugins/calibration/experiments/tune_experiment.h"

#include "plugins/calibration/experiments/live.h"
#include "plugins/calibration/experiments/params.h"
#include "plugins/calibration/experiments/tune_captures.h"
#include "plugins/calibration/experiments/tune_tables.h"

namespace vitrine::calibration_plugin
{
namespace
{

ParamSpec text(const char* name, const char* label, const char* group, const char* fallback,
               const char* help)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.group = group;
    spec.help = help;
    spec.fallback = ParamValue(std::string(fallback));
    return spec;
}

} // namespace

ExperimentInfo TuneExperiment::info() const
{
    return {"calibration.tune", "Tune attention calibration",
            "What calibrating heads does to a text: maps before and after, sinks, next tokens.", 1};
}

std::vector<ParamSpec> TuneExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    for (const auto& group : {promptParams(), calibrationParams(), headParams("all")})
        specs.insert(specs.end(), group.begin(), group.end());
    ParamSpec betas = text("head_betas", "β of single heads", "Calibration", "",
                           "Heads with a factor of their own: layer.head=beta, for example "
                           "3.1=0.2,4.0=0.5");
    ParamSpec off = text("sinks_off", "Sinks spared", "Calibration", "",
                         "Single sinks that are not calibrated: layer.head:position, for example "
                         "3.1:7,4.0:2");
    ParamSpec on = text("sinks_on", "Sinks added", "Calibration", "",
                        "Columns that are calibrated whatever the rule says, written likewise");
    ParamSpec keep = text("keep", "Heads to keep", "Layers and heads", "calibrated",
                          "Heads whose Q and K are kept, so that their map can be looked at: "
                          "calibrated, all, none, or layer.head,layer.head,...");
    for (ParamSpec* spec : {&betas, &off, &on})
        spec->advanced = true;
    specs.insert(specs.end(), {betas, off, on, keep});
    return specs;
}

Result<RunResult> TuneExperiment::run(const Params& params, Progress& progress) const
{
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(TokenText text, readTokens(params, opened));
    VITRINE_TRY(const TunePlan plan, tunePlan(params, opened, text));
    const auto layers = static_cast<double>(opened.config().layers);
    double done = 0;
    const GoOn goOn = [&] { return progress.advance(done++, 2 * layers, "layers"); };
    VITRINE_TRY(const OriginalPass original,
                originalPass(opened, std::move(text), plan.keep, goOn));
    VITRINE_TRY(const ChangedPass changed,
                changedPass(opened, original, plan.plan, plan.keep, nullptr, goOn));

    RunResult out;
    append(out.inputs, opened.inputs);
    append(out.inputs, original.text.inputs);
    append(out.inputs, plan.inputs);
    append(out.notes, opened.notes);
    append(out.notes, original.text.notes);
    append(out.notes, plan.notes);
    std::vector<std::string> notes;
    const auto folder = progress.artifactFolder();
    VITRINE_TRY(Artifact before,
                writeBefore(opened, original, plan.keep, folder / "before.safetensors", notes));
    VITRINE_TRY(Artifact after,
                writeAfter(opened, original, changed, plan.keep, folder / "after.safetensors"));
    append(out.notes, notes);
    describe(opened, plan, original, changed, out);
    out.artifacts = {std::move(before), std::move(after)};
    return out;
}

Result<std::unique_ptr<LiveSession>> TuneExperiment::open(const Params& params) const
{
    return openTuneLive(params);
}

} // namespace vitrine::calibration_plugin
