#include "plugins/attention/experiments/live.h"

#include <optional>

#include "core/jobs/experiment/params.h"
#include "plugins/attention/experiments/pass.h"

namespace vitrine::attention_plugin
{

namespace
{

// The parameters that decide about the pass: all but those of the sink rule.
Params passOnly(const Params& params)
{
    Params result;
    for (const auto& [name, value] : params.all())
        if (name != "rule" && name != "tau" && name != "alpha" && name != "protect" &&
            name != "min_rows" && name != "overhead" && name != "threads")
            result.set(name, value);
    return result;
}

class CaptureLive : public LiveSession
{
public:
    CaptureLive(std::string modelName, OpenModel opened)
        : modelName_(std::move(modelName)), opened_(std::move(opened))
    {
    }

    Result<RunResult> update(const Params& params, Progress& progress) override
    {
        if (params.text("model") != modelName_) {
            VITRINE_TRY(opened_, openModel(params));
            modelName_ = params.text("model");
            pass_.reset();
        }
        if (!pass_ || passOnly(params) != passParams_) {
            VITRINE_TRY(CapturePass pass, runPass(params, opened_, progress));
            // A file of its own for each pass: somebody may still be reading the last one. The one
            // before goes.
            const auto name = fmt::format("capture-{}.safetensors", ++passes_);
            VITRINE_TRY(Artifact artifact,
                        writePass(pass, params, opened_, progress.artifactFolder() / name));
            std::error_code ignored;
            if (!previous_.empty())
                std::filesystem::remove(previous_, ignored);
            previous_ = artifact_.path;
            artifact_ = std::move(artifact);
            pass.result = {}; // kept in the artifact and in the summaries
            pass_ = std::move(pass);
            passParams_ = passOnly(params);
        }
        return captureResult(*pass_, params, opened_, artifact_);
    }

private:
    std::string modelName_;
    OpenModel opened_;
    std::optional<CapturePass> pass_;
    Params passParams_;
    Artifact artifact_;
    std::filesystem::path previous_;
    int passes_ = 0;
};

} // namespace

Result<std::unique_ptr<LiveSession>> openCaptureLive(const Params& params)
{
    VITRINE_TRY(OpenModel opened, openModel(params));
    return std::make_unique<CaptureLive>(params.text("model"), std::move(opened));
}

} // namespace vitrine::attention_plugin
