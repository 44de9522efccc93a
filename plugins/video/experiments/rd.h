#pragma once

#include "core/codec/compare/curves.h"
#include "core/jobs/experiment/run_result.h"

// Tables and notes of points and curves.
namespace vitrine::video_plugin
{

Table rdTable(const std::vector<codec::CodedPoint>& points);
Table framesTable(const std::vector<codec::CodedPoint>& points);
Table bdTable(const codec::CurveDeltas& deltas);

// The best of each measure as metrics, and whose it is as notes; the notes of the deltas.
void addBest(const std::vector<codec::CodedPoint>& points, const codec::CurveDeltas& deltas,
             RunResult& out);

// A note where a codec gets 4:2:0 for a source of greys.
void noteFilledChroma(const video::SourceInfo& info,
                      const std::vector<const codec::VideoCodec*>& codecs, RunResult& out);

// A warning where an encoder that was asked for a rate made one that is 3 % away or more.
void noteMissedRate(const codec::VideoCodec& encoder, const codec::EncodeOptions& options,
                    double kbps, RunResult& out);

} // namespace vitrine::video_plugin
