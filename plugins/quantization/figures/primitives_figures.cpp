#include "plugins/quantization/figures/primitives_figures.h"

#include "core/base/cut_text.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestProduct = 48;
constexpr std::int64_t kMostSharing = 4096; // threads

// One way to compute a product of one size, on so many threads.
struct TimedProduct {
    std::string product, kernel;
    std::int64_t threads = 1;
    double seconds = 0, ratio = 0, error = 0; // NaN: not there
};

std::vector<TimedProduct> timedProducts(const RunRecord& run)
{
    std::vector<TimedProduct> all;
    const Table* table = run.result.table("products");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TimedProduct one{cutText(row.text("product"), kLongestProduct),
                         cutText(row.text("kernel"), kLongestProduct),
                         row.whole("threads", 1, kMostSharing).value_or(1),
                         row.number("seconds"),
                         row.number("ratio"),
                         row.number("error")};
        if (!one.product.empty() && !one.kernel.empty() && one.seconds > 0 &&
            std::isfinite(one.seconds))
            all.push_back(std::move(one));
    }
    return all;
}

std::vector<TimedProduct> onOneThread(const RunRecord& run)
{
    auto all = timedProducts(run);
    std::erase_if(all, [](const TimedProduct& one) { return one.threads != 1; });
    return all;
}

// "Adding takes 1.3 to 2.9 times as long as multiplying", "Adding is 1.1 to 2 times as fast as
// multiplying", or both ends of a range that crosses 1.
std::string comparedSentence(const RunRecord& run, const char* kernel, const char* what)
{
    double low = HUGE_VAL, high = 0;
    for (const TimedProduct& one : onOneThread(run))
        if (one.kernel.starts_with(kernel) && one.ratio > 0 && std::isfinite(one.ratio))
            low = std::min(low, one.ratio), high = std::max(high, one.ratio);
    if (high == 0)
        return {};
    const auto range = [](double a, double b) {
        const std::string from = fmt::format("{:.2g}", a), to = fmt::format("{:.2g}", b);
        return from == to ? from : from + " to " + to;
    };
    if (high < 1)
        return fmt::format("{} takes {} times as long as multiplying.", what,
                           range(1 / high, 1 / low));
    if (low > 1)
        return fmt::format("{} is {} times as fast as multiplying.", what, range(low, high));
    return fmt::format("{} is {} times as fast as multiplying, by the size of the product.", what,
                       range(low, high));
}

std::string primitivesSentence(const RunRecord& run)
{
    std::string text;
    for (const std::string& sentence :
         {comparedSentence(run, "add", "Adding"), comparedSentence(run, "shift", "Shifting")})
        if (!sentence.empty())
            text += (text.empty() ? "On one thread: " : " ") + sentence;
    return text.empty() ? "Nothing that adds or shifts was measured on one thread." : text;
}

// "shift 1,3136,64,512", which has room beside an axis.
std::string shortProduct(std::string product)
{
    if (const auto open = product.find(" ("); open != std::string::npos) {
        std::erase_if(product, [](char c) { return c == ' ' || c == ')'; });
        product[open] = ' ';
    }
    return product;
}

// Bars to the right: a place for each product from the top down, a bar for each kernel.
figure::Figure primitiveBars(const Runs& runs, const State& state, const char* name,
                             const char* title, double TimedProduct::*value, double factor,
                             bool hasMultiplied)
{
    figure::Figure figure = startedFigure(name, title, runs, "quantization.primitives", state);
    figure.x.minimum = 0;
    figure.y.reversed = true;
    std::vector<std::string> kernels;
    auto all = onOneThread(*runs.front());
    for (const TimedProduct& one : all)
        if (std::ranges::find(kernels, one.kernel) == kernels.end())
            kernels.push_back(one.kernel); // the first multiplies
    if (!hasMultiplied && !kernels.empty())
        std::erase_if(all, [&](const TimedProduct& one) { return one.kernel == kernels.front(); });
    for (std::size_t k = 0; k < kernels.size(); ++k) {
        figure::Bars bars;
        bars.name = kernels[k], bars.colour = static_cast<int>(k), bars.horizontal = true;
        figure.bars.push_back(std::move(bars));
    }
    std::vector<std::string> products;
    for (const TimedProduct& one : all)
        if (std::ranges::find(products, one.product) == products.end())
            products.push_back(one.product);
    for (std::size_t p = 0; p < products.size(); ++p) {
        const auto at = static_cast<double>(p);
        figure.y.ticks.push_back({at, shortProduct(products[p])});
        std::vector<std::pair<std::size_t, const TimedProduct*>> own;
        for (const TimedProduct& one : all) {
            const auto kernel = std::ranges::find(kernels, one.kernel);
            if (one.product == products[p] && kernel != kernels.end())
                own.emplace_back(static_cast<std::size_t>(kernel - kernels.begin()), &one);
        }
        const double width = 0.8 / static_cast<double>(std::max<std::size_t>(1, own.size()));
        for (std::size_t i = 0; i < own.size(); ++i) {
            const double number = own[i].second->*value;
            if (!std::isfinite(number))
                continue;
            figure::Bars& bars = figure.bars[own[i].first];
            bars.width = 0.2;
            bars.position.push_back(at + (static_cast<double>(i) + 0.5) * width - 0.4);
            bars.height.push_back(factor * number);
            bars.labels.push_back(fmt::format("{}, {}", products[p], own[i].second->kernel));
        }
    }
    std::erase_if(figure.bars, [](const figure::Bars& bars) { return bars.height.empty(); });
    figure.height = std::clamp(30 + 12 * static_cast<double>(products.size()), 60.0, 160.0);
    return figure;
}

double leastOf(const figure::Figure& figure)
{
    double least = 1e9;
    for (const figure::Bars& bars : figure.bars)
        for (const double height : bars.height)
            least = std::min(least, height);
    return least;
}

} // namespace

bool isPrimitivesRun(const RunRecord& run)
{
    return run.experiment == "quantization.primitives" && !timedProducts(run).empty();
}

std::string primitivesName(const RunRecord& run)
{
    const std::string which = parameterText(run.params, "products");
    const double tokens = parameterNumber(run.params, "tokens", 0);
    const std::string what = which == "add"     ? "adding"
                             : which == "shift" ? "shifting"
                                                : "adding and shifting";
    const std::string sizes =
        tokens > 0 ? fmt::format("{} tokens", cutText(parameterText(run.params, "tokens"), 12))
                   : std::string("published sizes");
    const std::string name = what + ", " + sizes;
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

VersionTable primitivesTable(const Runs& runs)
{
    VersionTable made;
    Table& table = made.table;
    table.name = "products";
    const auto column = [&](const char* name, const char* unit, const char* help) {
        table.columns.push_back({name, unit, Origin::measured, help});
    };
    if (runs.size() > 1)
        column("Run", "", "What was measured");
    column("Product", "", "Its kind and sizes");
    column("Kernel", "", "How it is computed");
    column("Threads", "", "That share a product");
    column("Time", "µs", "Of one product, the best round");
    column("× multiplying", "", "Times as fast as multiplying");
    column("Largest error", "ppm",
           "Of an output against the exact product of the same weights, in millionths of the "
           "largest output");
    const auto finite = [](double value, double factor) {
        return std::isfinite(value) ? Cell{factor * value} : Cell{};
    };
    for (std::size_t r = 0; r < runs.size(); ++r)
        for (const TimedProduct& one : timedProducts(*runs[r])) {
            std::vector<Cell> row;
            if (runs.size() > 1)
                row.emplace_back(primitivesName(*runs[r]));
            row.emplace_back(one.product);
            row.emplace_back(one.kernel);
            row.emplace_back(one.threads);
            row.push_back(finite(one.seconds, 1e6));
            row.push_back(finite(one.ratio, 1));
            row.push_back(finite(one.error, 1e6));
            table.rows.push_back(std::move(row));
            made.runOf.push_back(static_cast<int>(r));
        }
    return made;
}

std::string primitivesVerdict(const Runs& runs)
{
    std::string text;
    for (const RunRecord* run : runs) {
        if (!text.empty())
            text += '\n';
        if (runs.size() > 1)
            text += primitivesName(*run) + ": ";
        text += primitivesSentence(*run);
    }
    return text;
}

std::vector<std::string> primitivesRemarks(const Runs& runs)
{
    std::vector<std::string> all;
    for (const RunRecord* run : runs)
        for (const std::string& note : run->result.notes)
            if (std::ranges::find(all, note) == all.end())
                all.push_back(note);
    return all;
}

std::vector<figure::Figure> primitivesFigures(const Runs& runs, const State& state)
{
    Runs sound;
    std::ranges::copy_if(runs, std::back_inserter(sound),
                         [](const RunRecord* run) { return isPrimitivesRun(*run); });
    if (sound.empty())
        return {};
    const std::string of =
        sound.size() > 1 ? fmt::format(" Of {}.", primitivesName(*sound.front())) : "";
    figure::Figure ratios = primitiveBars(sound, state, "primitive-ratios", "Beside multiplying",
                                          &TimedProduct::ratio, 1, false);
    ratios.caption = "How many times as fast as multiplying in single precision, on one thread, "
                     "the best of the rounds: right of the dashed line is faster." +
                     of;
    ratios.altText = "Bars for what adds and what shifts at each size, and a line at 1.";
    ratios.x.label = "Times as fast";
    figure::Span even;
    even.name = "as fast as multiplying", even.vertical = true, even.from = even.to = 1;
    ratios.spans = {even};
    figure::Figure times = primitiveBars(sound, state, "primitive-times", "Time of one product",
                                         &TimedProduct::seconds, 1e6, true);
    times.caption =
        "Processor time on one thread, the best of the rounds; the axis is logarithmic." + of;
    times.altText = "Microseconds of one product for each kernel at each size.";
    times.x.label = "Time", times.x.unit = "µs";
    times.x.scale = figure::Scale::logarithmic, times.x.minimum = leastOf(times) / 2;
    std::vector<figure::Figure> all = {std::move(ratios), std::move(times)};
    std::erase_if(all, [](const figure::Figure& each) { return each.bars.empty(); });
    return all;
}

} // namespace vitrine::quantization_plugin
