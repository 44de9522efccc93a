#pragma once

#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"

namespace vitrine::report::samples
{

inline RunRecord run(std::int64_t number, double mass, double seconds)
{
    RunRecord run;
    run.number = number;
    run.uid = (number == 12 ? "5f0c1a2b" : "aa0c1a2b") + std::string(24, '7');
    run.experiment = "attention.capture";
    run.plugin = "attention";
    run.programVersion = "0.1.0";
    run.build = "g++ 12.2 -O2";
    run.params.set("model", std::string("vitrine-lm"));
    run.params.set("prompt", std::string("<script>alert(\"x\")</script> & *peace* | war"));
    run.params.set("tau", number == 12 ? 0.1 : 0.2);
    run.params.set("seed", std::int64_t{42});
    run.command = "vitrine run attention.capture --set model=vitrine-lm --set tau=0.1";
    run.host = "desk";
    run.cpu = "Some Processor";
    run.threads = 2;
    run.started = "2024-05-01T12:00:00.000Z";
    run.seconds = seconds;
    run.state = RunState::done;
    run.result.metrics = {{"first_token_mass", mass, "1", Origin::computed, ""},
                          {"tokens", 12345, "1", Origin::computed, ""},
                          {"capture_overhead", 0.0812345, "1", Origin::measured, ""}};
    Table heads;
    heads.name = "heads";
    for (const char* column : {"layer", "head", "first_token_mass"})
        heads.columns.push_back({column, "1", Origin::computed, ""});
    heads.columns.push_back({"token", "", Origin::computed, ""});
    for (std::int64_t i = 0; i < 60; ++i)
        heads.rows.push_back(
            {i / 8, i % 8, 0.01 * static_cast<double>(i) + 1e-7, std::string("<s>")});
    run.result.tables = {heads};
    run.result.inputs = {{"model", "/models/vitrine-lm", std::string(64, 'a'), 1234567}};
    run.result.artifacts = {
        {"qk.safetensors", "capture", {}, std::string(64, 'b'), 77, Origin::computed}};
    run.result.notes = {"The relative rule is biased towards the first columns."};
    return run;
}

inline figure::Figure figure()
{
    figure::Figure figure{.name = "sink-profile",
                          .title = "Sink profile <1>",
                          .caption = "Mean weight.",
                          .altText = "One \"sink\"."};
    figure.series = {
        {.name = "s", .x = {0, 1, 2}, .y = {0.4, 0.1, 0.05}, .line = figure::Line::solid}};
    return figure;
}

} // namespace vitrine::report::samples
