#pragma once

#include "core/jobs/experiment/run_record.h"
#include "core/picture/picture.h"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// A stored run of vision.evaluate on eight pictures: two shirts are called shirts, one a coat and
// one a bag; two coats are called coats, one a shirt; the bag is called a bag. The second model
// names all coats rightly, and no shirt. Pictures of the cells are kept in `folder`.
inline RunRecord storedEvaluation(std::int64_t number, const std::filesystem::path& folder,
                                  bool isPaired)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("evaluation-{}", number);
    run.experiment = "vision.evaluate";
    run.state = RunState::done;
    run.params.set("model", ParamValue(std::string("vitrine-deit")));
    run.params.set("data", ParamValue(std::string("fashion-mnist")));
    run.params.set("split", ParamValue(std::string("test")));
    const auto metric = [&](const char* name, double value) {
        run.result.metrics.push_back({name, value, "1", {}, ""});
    };
    metric("accuracy", 0.625);
    metric("accuracy_low", 0.306);
    metric("accuracy_high", 0.863);
    metric("calibration_error", 0.125);
    metric("pictures", 8);
    if (isPaired) {
        run.params.set("second", ParamValue(std::string("vitrine-efficientvit")));
        metric("accuracy_second", 0.5);
        metric("difference", -0.125);
        metric("difference_low", -0.5);
        metric("difference_high", 0.3);
        metric("p_value", 1);
    }
    const auto number1 = [](const char* name) { return Column{name, "1", {}, ""}; };
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    using Text = std::string;
    using Whole = std::int64_t;
    run.result.tables = {
        {"confusion",
         {word("label"), word("answer"), number1("pictures")},
         {{Text("Shirt"), Text("Shirt"), Whole{2}},
          {Text("Shirt"), Text("Coat"), Whole{1}},
          {Text("Shirt"), Text("Bag"), Whole{1}},
          {Text("Coat"), Text("Shirt"), Whole{1}},
          {Text("Coat"), Text("Coat"), Whole{2}},
          {Text("Bag"), Text("Bag"), Whole{1}}}},
        {"classes",
         {word("class"), number1("pictures"), number1("right"), number1("accuracy"),
          number1("answers")},
         {{Text("Shirt"), Whole{4}, Whole{2}, 0.5, Whole{3}},
          {Text("Coat"), Whole{3}, Whole{2}, 2.0 / 3, Whole{3}},
          {Text("Bag"), Whole{1}, Whole{1}, 1.0, Whole{2}}}},
        {"calibration",
         {number1("probability"), number1("right"), number1("answers"), number1("low"),
          number1("high")},
         {{0.5, 0.5, Whole{4}, 0.4667, 0.5333}, {1.0, 0.75, Whole{4}, 0.9333, 1.0}}}};
    Table items{"items",
                {word("picture"), word("label"), word("answer"), number1("right"),
                 number1("probability"), number1("of_label")},
                {}};
    Table kept{"examples",
               {word("file"), word("picture"), word("label"), word("answer"),
                number1("probability"), number1("of_label")},
               {}};
    if (isPaired) {
        items.columns.push_back(word("answer_second"));
        items.columns.push_back(number1("right_second"));
        kept.columns.push_back(word("answer_second"));
        run.result.tables[1].columns.push_back(number1("right_second"));
        for (auto& row : run.result.tables[1].rows)
            row.push_back(std::get<std::string>(row[0]) == "Shirt" ? Whole{0}
                                                                   : std::get<Whole>(row[1]));
    }
    const std::vector<std::pair<const char*, const char*>> answers = {
        {"Shirt", "Shirt"}, {"Shirt", "Shirt"}, {"Shirt", "Coat"}, {"Shirt", "Bag"},
        {"Coat", "Shirt"},  {"Coat", "Coat"},   {"Coat", "Coat"},  {"Bag", "Bag"}};
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Text label = answers[i].first, answer = answers[i].second;
        const Text second = label == "Shirt" ? "Coat" : label;
        std::vector<Cell> row = {fmt::format("t10k {}", i), label, answer,
                                 Whole{label == answer},    0.75,  0.25};
        if (isPaired) {
            row.push_back(second);
            row.push_back(Whole{label == second});
        }
        items.rows.push_back(std::move(row));
        if (label == answer)
            continue;
        Artifact file;
        file.name = fmt::format("example-{:02}.png", kept.rows.size() + 1);
        file.kind = "image";
        file.path = folder / file.name;
        static_cast<void>(writePicture({4, 4, 1, std::vector<std::uint8_t>(16, 200)}, file.path));
        std::vector<Cell> of = {file.name, fmt::format("t10k {}", i), label, answer, 0.75, 0.25};
        if (isPaired)
            of.push_back(second);
        kept.rows.push_back(std::move(of));
        run.result.artifacts.push_back(std::move(file));
    }
    run.result.tables.push_back(std::move(items));
    Table worst = kept;
    worst.name = "worst";
    run.result.tables.push_back(std::move(worst));
    if (isPaired) {
        Table differing = kept;
        differing.name = "differing";
        run.result.tables.push_back(std::move(differing));
    }
    run.result.tables.push_back(std::move(kept));
    return run;
}

} // namespace vitrine::quantization_plugin
