#include "core/jobs/experiment/run_label.h"

#include "core/base/cut_text.h"
#include "core/jobs/experiment/read_run.h"

#include <filesystem>

namespace vitrine
{
namespace
{

constexpr std::size_t kLongestFile = 80, kLongestPrompt = 32; // bytes, in a label

std::string fileOf(const RunRecord& run, const char* parameter)
{
    return std::filesystem::path(parameterText(run.params, parameter)).filename().string();
}

} // namespace

std::string runSubject(const RunRecord& run)
{
    std::string text;
    for (const char* file : {"prompt_file", "task", "file"})
        if (text.empty())
            text = fileOf(run, file);
    if (text.empty())
        text = cutAtWord(parameterText(run.params, "prompt"), kLongestPrompt);
    text = cutText(text, kLongestFile);
    const std::string model = cutText(fileOf(run, "model"), kLongestFile);
    return text.empty() || model.empty() ? text + model : text + " · " + model;
}

std::string runLabel(const RunRecord& run)
{
    const std::string subject = runSubject(run);
    if (run.number <= 0)
        return subject;
    return subject.empty() ? fmt::format("#{}", run.number)
                           : fmt::format("#{} {}", run.number, subject);
}

} // namespace vitrine
