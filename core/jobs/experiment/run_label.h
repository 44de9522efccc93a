#pragma once

#include "core/jobs/experiment/run_record.h"

#include <string>

// What a run is called where it stands beside others: in legends, captions and titles.
namespace vitrine
{

// What it looked at and the model, by name: "speech-2016.txt · vitrine-lm". Empty where its
// parameters say neither. Lists, which have more room, say it with core/store/subject.h.
std::string runSubject(const RunRecord& run);
// With its number where it is stored: "#12 speech-2016.txt · vitrine-lm".
std::string runLabel(const RunRecord& run);

} // namespace vitrine
