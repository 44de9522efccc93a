#include "plugins/common/vision_model.h"

#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"

#include <fmt/format.h>

namespace vitrine
{

std::string OpenVision::className(std::int64_t label) const
{
    const auto& labels = model.checkpoint().labels();
    const auto place = static_cast<std::size_t>(label);
    return place < labels.size() && !labels[place].empty() ? labels[place]
                                                           : fmt::format("{}", label);
}

Result<OpenVision> openVision(const Params& params, const char* name, Progress* progress)
{
    VITRINE_TRY(const std::filesystem::path path, findModel(params.text(name)));
    VITRINE_TRY(auto checkpoint, model::openVisionCheckpoint(path));
    VITRINE_TRY(auto opened, model::VisionModel::open(checkpoint));
    OpenVision result{checkpoint->network().name, std::move(opened), {}, checkpoint->notes()};
    for (const std::filesystem::path& file : checkpoint->files()) {
        VITRINE_TRY(InputFile input, hashInput(name, file, progress));
        result.inputs.push_back(std::move(input));
    }
    return result;
}

ParamSpec visionModelParam(const char* name, const char* label, const char* help)
{
    ParamSpec spec;
    spec.name = name, spec.label = label, spec.type = ParamType::model, spec.help = help;
    spec.group = "Model";
    spec.fileKind = "vision";
    return spec;
}

bool namesVisionModel(const std::string& model)
{
    const auto path = findModel(model);
    return path && model::looksLikeVision(*path);
}

bool namesLanguageModel(const std::string& model)
{
    const auto path = findModel(model);
    return path && !model::looksLikeVision(*path);
}

} // namespace vitrine
