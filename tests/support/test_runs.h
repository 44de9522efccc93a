#pragma once

#include "core/jobs/experiment/run_record.h"

#include <fmt/format.h>

namespace vitrine::tests
{

inline std::string uidOf(int i)
{
    return fmt::format("abcdef00000000000000{:012x}", i);
}

// A finished run with one of everything but artifacts.
inline RunRecord sampleRun(int i)
{
    RunRecord run;
    run.uid = uidOf(i);
    run.experiment = "test.sample";
    run.plugin = "test";
    run.programVersion = "0";
    run.params.set("prompt", fmt::format("hello {}", i));
    run.params.set("tau", 0.1);
    run.params.set("seed", std::int64_t{42});
    run.started = fmt::format("2030-01-01T00:00:00.{:03}Z", i % 1000);
    run.seconds = 1.5;
    run.state = RunState::done;
    run.tags = {"t"};
    run.result.metrics = {{"x", 0.1 + 0.2, "1", Origin::computed, ""},
                          {"t", 2.5, "s", Origin::measured, ""}};
    run.result.tables = {{"pairs",
                          {{"a", "1", Origin::computed, ""}, {"b", "", Origin::computed, ""}},
                          {{std::int64_t{1}, std::string("x, \"y\"")}, {0.5, std::monostate{}}}}};
    run.result.inputs = {{"model", "/m", std::string(64, 'a'), 5}};
    run.result.notes = {"a note"};
    return run;
}

} // namespace vitrine::tests
