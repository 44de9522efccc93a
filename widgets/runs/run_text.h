#pragma once

#include "core/jobs/run_record.h"

#include <QColor>
#include <QString>

namespace vitrine
{

// How runs are written for people; the same words everywhere.
QString experimentWords(const std::string& id); // "attention.capture" -> "attention · capture"
QColor stateColour(RunState state);
QString startedWords(const std::string& utc); // local time, "2026-05-01 14:03"
QString metricWords(const Metric& metric);    // "0.4127 s", 3-4 digits, thin space before the unit
QString cellWords(const Cell& cell);          // 3-4 digits, "–" for no value
QString cellExact(const Cell& cell);          // every digit, for hovering and copying
QString paramWords(const ParamValue& value);  // one line, long texts cut with an ellipsis

// The file or model a run is about: what tells it from its neighbours. "vitrine-lm ·
// speech-2016.txt"
QString subjectOf(const RunRecord& run);

} // namespace vitrine
