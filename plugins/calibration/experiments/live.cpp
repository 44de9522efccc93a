#include "plugins/calibration/experiments/live.h"

#include "plugins/calibration/experiments/tune_captures.h"
#include "plugins/calibration/experiments/tune_tables.h"

#include <array>
#include <chrono>
#include <optional>

namespace vitrine::calibration_plugin
{
namespace
{

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::milliseconds(100);

// The parameters that decide about the tokens.
Params textOnly(const Params& params)
{
    Params result;
    for (const char* name : {"prompt", "prompt_file", "token_ids", "documents"})
        if (params.has(name))
            result.set(name, params.all().find(name)->second);
    return result;
}

// A file of a session: a name of its own for each content, for somebody may still be reading the
// last one. The one before that goes.
class Versions
{
public:
    explicit Versions(const char* name) : name_(name) {}

    std::filesystem::path next(const std::filesystem::path& folder)
    {
        std::error_code ignored;
        if (!old_[1].empty())
            std::filesystem::remove(old_[1], ignored);
        old_[1] = std::move(old_[0]);
        old_[0] = folder / fmt::format("{}-{}.safetensors", name_, ++count_);
        return old_[0];
    }

private:
    const char* name_;
    std::array<std::filesystem::path, 2> old_;
    int count_ = 0;
};

class TuneLive : public LiveSession
{
public:
    TuneLive(std::string modelName, OpenModel opened)
        : modelName_(std::move(modelName)), opened_(std::move(opened))
    {
    }

    Result<RunResult> update(const Params& params, Progress& progress) override
    {
        const auto start = Clock::now();
        const GoOn goOn = [&] {
            return !progress.isCancelled() || Clock::now() - start < kPatience;
        };
        VITRINE_CHECK(readText(params));
        VITRINE_TRY(TunePlan plan, tunePlan(params, opened_, text_));
        if (!original_ || !holds(*original_, plan.keep)) {
            changed_.reset();
            original_.reset();
            before_.reset();
            after_.reset();
            VITRINE_TRY(original_, originalPass(opened_, text_, plan.keep, goOn));
        }
        if (!changed_ || changed_->plan != plan.plan) {
            VITRINE_TRY(ChangedPass changed, changedPass(opened_, *original_, plan.plan, plan.keep,
                                                         changed_ ? &*changed_ : nullptr, goOn));
            changed_ = std::move(changed);
            after_.reset();
        }
        VITRINE_CHECK(writeCaptures(plan.keep, progress.artifactFolder()));
        return result(plan);
    }

private:
    // Model and text, where they are others than last time.
    Result<void> readText(const Params& params)
    {
        if (params.text("model") != modelName_) {
            VITRINE_TRY(opened_, openModel(params));
            modelName_ = params.text("model");
            original_.reset();
        }
        const Params text = textOnly(params);
        if (original_ && text == textParams_)
            return {};
        original_.reset();
        VITRINE_TRY(text_, readTokens(params, opened_));
        textParams_ = text;
        return {};
    }

    Result<void> writeCaptures(const attention::HeadSet& keep, const std::filesystem::path& folder)
    {
        const bool sameHeads = keep == kept_;
        kept_ = keep;
        if (!before_ || !sameHeads) {
            before_.reset();
            beforeNotes_.clear();
            VITRINE_TRY(before_, writeBefore(opened_, *original_, keep, beforeFiles_.next(folder),
                                             beforeNotes_));
        }
        if (!after_ || !sameHeads) {
            after_.reset();
            VITRINE_TRY(after_,
                        writeAfter(opened_, *original_, *changed_, keep, afterFiles_.next(folder)));
        }
        return {};
    }

    RunResult result(const TunePlan& plan) const
    {
        RunResult out;
        append(out.inputs, opened_.inputs);
        append(out.inputs, text_.inputs);
        append(out.inputs, plan.inputs);
        append(out.notes, opened_.notes);
        append(out.notes, text_.notes);
        append(out.notes, plan.notes);
        append(out.notes, beforeNotes_);
        describe(opened_, plan, *original_, *changed_, out);
        out.artifacts = {*before_, *after_};
        return out;
    }

    std::string modelName_;
    OpenModel opened_;
    Params textParams_;
    TokenText text_;
    std::optional<OriginalPass> original_;
    std::optional<ChangedPass> changed_;
    std::optional<Artifact> before_, after_;
    attention::HeadSet kept_;
    std::vector<std::string> beforeNotes_;
    Versions beforeFiles_{"before"}, afterFiles_{"after"};
};

} // namespace

Result<std::unique_ptr<LiveSession>> openTuneLive(const Params& params)
{
    VITRINE_TRY(OpenModel opened, openModel(params));
    return std::make_unique<TuneLive>(params.text("model"), std::move(opened));
}

} // namespace vitrine::calibration_plugin
