#pragma once

#include "core/attention/sinks.h"
#include "core/figure/figure.h"
#include "widgets/map/colour_scale.h"
#include "widgets/map/map_geometry.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace vitrine::attention_plugin
{

// A query head by the model's own numbers, as the run's tables have them.
struct HeadId {
    int layer = 0, head = 0;
    friend auto operator<=>(const HeadId&, const HeadId&) = default;
};

enum class Score { firstTokenMass, sinkMass, entropy, difference };

// What a person sees and changes in the view, read from its JSON (keys: README.md). Everything is
// optional there; what is missing or malformed takes the default.
struct ViewState {
    std::optional<HeadId> head;        // none: the one with the highest score
    std::optional<std::int64_t> token; // key position
    attention::SinkOptions sinks;      // defaults: the run's own
    Score score = Score::firstTokenMass;
    bool ranked = false; // heads by score instead of layers x heads
    figure::Scale scale = figure::Scale::linear;
    double clip = 0.1;
    figure::ColourMap colours = figure::ColourMap::viridis;
    std::vector<std::int64_t> pinnedTokens;
    std::vector<HeadId> pinnedHeads;
    MapWindow window;
    QString sortColumn = "first_token_mass";
    bool sortDescending = true;

    friend bool operator==(const ViewState&, const ViewState&) = default;
};

ViewState readState(const QJsonObject& json, const attention::SinkOptions& defaults);

// Colours of the weights: from 0, or on a logarithmic scale from a ten-thousandth of the clip.
ColourScale weightScale(const ViewState& state);

// Edits: the JSON with one thing changed, all else as it was.
QJsonObject withHead(QJsonObject json, HeadId head);
QJsonObject withToken(QJsonObject json, std::optional<std::int64_t> token);
QJsonObject withTokenPinned(QJsonObject json, std::int64_t token, bool pinned);
QJsonObject withHeadPinned(QJsonObject json, HeadId head, bool pinned);
QJsonObject withSinks(QJsonObject json, const attention::SinkOptions& options);
QJsonObject withWindow(QJsonObject json, const MapWindow& window);

// Names as they stand in the state and in tables.
QString scoreName(Score score);             // "first_token_mass"
QString scoreLabel(Score score);            // "First-token mass"
QString scoreHelp(Score score);             // meaning and equation
QString ruleName(attention::SinkRule rule); // "uniform"
QString colourMapName(figure::ColourMap map);

} // namespace vitrine::attention_plugin
