#pragma once

#include "core/figure/figure.h"

#include <cmath>
#include <string>

// Figures as the rooms make them, small and computed.
namespace vitrine::figure::samples
{

inline Figure sinkProfile()
{
    Figure figure{.name = "sink-profile",
                  .title = "Sink profile, layer 3 head 5",
                  .caption = "Mean weight each key receives from the queries that can see it.",
                  .altText = "The first key receives 0.41, all others less than the threshold."};
    figure.x = {.label = "key position", .unit = "token"};
    figure.y = {.label = "mean weight received", .scale = Scale::logarithmic};
    Series scores{.name = "s[j]", .line = Line::solid};
    Series uniform{.name = "uniform u[j]", .colour = kMuted, .line = Line::dash, .width = 1};
    for (int j = 0; j < 128; ++j) {
        scores.x.push_back(j);
        uniform.x.push_back(j);
        const double noise = 0.5 + 0.5 * std::sin(j * 12.9898) * std::sin(j * 4.1414);
        scores.y.push_back(j == 0 ? 0.41 : j == 64 ? 0.12 : 0.004 + 0.01 * noise);
        double u = 0;
        for (int row = j; row < 128; ++row)
            u += 1.0 / (row + 1);
        uniform.y.push_back(u / (128 - j));
    }
    figure.series = {uniform, scores};
    figure.spans = {{.name = "threshold 5/N", .from = 5.0 / 128, .to = 5.0 / 128, .colour = 1},
                    {.name = "protected", .vertical = true, .from = -0.5, .to = 1.5, .colour = 2}};
    figure.annotations = {{"later sink", 64, 0.12}};
    return figure;
}

inline Figure headBars()
{
    Figure figure{.name = "heads",
                  .title = "First-token mass by layer",
                  .altText = "Twelve layers, two runs."};
    figure.x.label = "layer";
    figure.y = {.label = "first-token mass"};
    Bars a{.name = "vitrine-lm", .width = 0.38, .colour = 0};
    Bars b{.name = "stories260K", .width = 0.38, .colour = 1};
    for (int layer = 0; layer < 12; ++layer) {
        a.position.push_back(layer - 0.2);
        a.height.push_back(0.05 + 0.4 * (1 - std::exp(-layer / 3.0)));
        b.position.push_back(layer + 0.2);
        b.height.push_back(0.03 + 0.01 * (layer % 3));
        figure.x.ticks.push_back({static_cast<double>(layer), std::to_string(layer)});
    }
    figure.bars = {a, b};
    return figure;
}

inline Figure attentionMap(int tokens = 256, ColourMap map = ColourMap::viridis)
{
    static const char* kWords[] = {"<s>",    "▁the", "▁state",  "▁of", "▁the",
                                   "▁union", "▁is",  "▁strong", ",",   "▁peace"};
    Figure figure{.name = "map",
                  .title = "Attention, layer 3 head 5",
                  .altText = "A causal map with a strong first column."};
    figure.x.label = "key";
    figure.y.label = "query";
    figure.y.reversed = true;
    figure.equalAspect = true;
    Grid grid{.name = "attention weight", .rows = tokens, .columns = tokens};
    grid.map = map;
    grid.scale = map == ColourMap::difference ? Scale::linear : Scale::logarithmic;
    grid.minimum = map == ColourMap::difference ? -0.5 : 1e-4;
    grid.maximum = map == ColourMap::difference ? 0.5 : 1;
    grid.clipped = true;
    for (int row = 0; row < tokens; ++row) {
        double sum = 0;
        std::vector<double> line;
        for (int column = 0; column <= row; ++column) {
            const double near = std::exp(-(row - column) / 8.0);
            line.push_back((column == 0            ? 3
                            : column == tokens / 3 ? 0.8
                                                   : 0) +
                           near + 0.02 * (1.01 + std::sin(row * 1.7 + column * 3.1)));
            sum += line.back();
        }
        for (int column = 0; column < tokens; ++column) {
            const double value = column <= row ? line[static_cast<std::size_t>(column)] / sum : NAN;
            grid.values.push_back(static_cast<float>(
                map == ColourMap::difference ? (value - 0.03) * std::cos(column * 0.1) : value));
        }
    }
    figure.grids = {grid};
    for (int i = 0; i < tokens; ++i) {
        figure.x.ticks.push_back({static_cast<double>(i), kWords[i == 0 ? 0 : 1 + i % 9]});
        figure.y.ticks.push_back(figure.x.ticks.back());
    }
    return figure;
}

// Blue left, orange right, brighter downwards.
inline Image photograph(std::int64_t width = 48, std::int64_t height = 32)
{
    Image image{.name = "coat", .width = width, .height = height};
    for (std::int64_t row = 0; row < height; ++row)
        for (std::int64_t column = 0; column < width; ++column) {
            const bool right = column >= width / 2;
            const auto bright = static_cast<std::uint8_t>(80 + 100 * row / height);
            image.rgb.insert(image.rgb.end(), {right ? bright : std::uint8_t{0},
                                               static_cast<std::uint8_t>(bright / 2),
                                               right ? std::uint8_t{0} : bright});
        }
    return image;
}

// Two maps over the same picture beside each other.
inline Figure mapsOverPictures()
{
    Figure figure{.name = "patches",
                  .title = "Attention of the class token",
                  .altText = "Two maps over one picture."};
    figure.x.label = "x";
    figure.y = {.label = "y", .reversed = true};
    figure.equalAspect = true;
    for (int i = 0; i < 2; ++i) {
        Image image = photograph();
        image.caption = i == 0 ? "Softmax\nlayer 3" : "ReLU linear attention";
        image.x0 = 52.0 * i;
        Grid grid{.name = "attention weight", .rows = 4, .columns = 6, .opacity = 0.5};
        grid.upsampling = i == 0 ? Upsampling::nearest : Upsampling::bilinear;
        for (int cell = 0; cell < 24; ++cell)
            grid.values.push_back(cell == 3 ? 1.0F : 0.02F * static_cast<float>(cell));
        grid.x0 = image.x0 + 3.5;
        grid.y0 = 3.5;
        grid.dx = grid.dy = 8;
        figure.images.push_back(std::move(image));
        figure.grids.push_back(std::move(grid));
    }
    return figure;
}

inline Figure paretoScatter()
{
    Figure figure{.name = "pareto", .title = "Size and error", .altText = "Error falls with size."};
    figure.x = {.label = "size", .unit = "MiB", .scale = Scale::logarithmic};
    figure.y = {.label = "output error", .unit = "1"};
    const Marker markers[] = {Marker::circle, Marker::square, Marker::triangle, Marker::cross};
    const char* names[] = {"rtn", "optq", "bcq", "shiftadd"};
    for (int method = 0; method < 4; ++method) {
        Series series{
            .name = names[method], .colour = method, .line = Line::none, .marker = markers[method]};
        for (int i = 0; i < 8; ++i) {
            series.x.push_back(1.5 * std::pow(1.6, i) * (1 + 0.1 * method));
            series.y.push_back(0.4 / (i + 1) + 0.03 * method);
        }
        figure.series.push_back(series);
    }
    return figure;
}

} // namespace vitrine::figure::samples
