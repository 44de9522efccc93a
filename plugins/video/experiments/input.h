#pragma once

#include "core/codec/compare/point.h"
#include "core/jobs/experiment/experiment.h"
#include "core/video/sequence.h"
#include "plugins/common/codecs/available_codecs.h"

#include <functional>

// What the experiments of this room have in common: parameters for sources, opening them, tables.
namespace vitrine::video_plugin
{

ParamSpec fileParam(const char* name, const char* label, const char* help);
ParamSpec textParam(const char* name, const char* label, const char* fallback, const char* help);
ParamSpec framesParam(std::int64_t fallback); // 0: all
ParamSpec outputParam(const char* help);      // optional
// size, format, rate: for raw files whose name does not say them; and the same for one side alone,
// "reference_size", for each of `sides`.
std::vector<ParamSpec> rawParams(const std::vector<std::string>& sides = {});

// Opens the file of this parameter, hashes it into `out.inputs`, and takes the source's notes over.
Result<std::unique_ptr<video::FrameSource>>
openInput(const Params& params, const char* name, Progress& progress, RunResult& out,
          const codec::CodecList& codecs = availableCodecs());

// What the parameters say of the file of parameter `side`: reference_size before size, ...
Result<video::RawGiven> rawGivenOf(const Params& params, const std::string& side);

// The run's progress for what knows only how to tell.
codec::PointProgress told(Progress& progress);
video::SequenceProgress told(Progress& progress, std::string what);

// min(the parameter `frames`, what is there); all where it is 0.
std::int64_t framesWanted(const Params& params, std::int64_t there);

// Payload of one frame and its type, where the source is a coded stream.
struct FrameRate {
    Cell bits, type;
};
FrameRate rateOf(const video::FrameSource& source, std::int64_t index);

// Rates need a frame rate; where a source has none, 25 is taken and a note says so.
double rateOrNote(const video::SourceInfo& info, RunResult& out);

// A warning that names the frames whose damage the decoder concealed, of those decoded so far; a
// note where the decoder would not tell.
void noteDamage(const video::FrameSource& source, const char* side, RunResult& out);

// A note for a metric that is not a number.
void noteUndefined(RunResult& out, const char* metric, double value, const std::string& reason);

} // namespace vitrine::video_plugin
