#pragma once

#include "core/video/picture.h"

#include <QJsonObject>
#include <QString>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace vitrine::player
{

enum class Mode { grid, wipe, lens, blink, difference };
enum class BlockMeasure { none, psnr, ssim };

// All that a person changes in a player. As JSON (keys in player_state.cpp) every part is optional;
// what is missing or out of range takes the default.
struct PlayerState {
    Mode mode = Mode::grid;
    QString first, second;       // ids of the panes that two-pane modes show; empty: the first two
    double wipe = 0.5;           // share of the picture's place that shows the first pane
    bool wipeHorizontal = false; // the handle lies, the first pane is above
    double lens = 0.22;          // radius over the smaller side of the picture's place
    double blinkHertz = 2;       // 1..8 changes a second
    video::DifferenceMode difference = video::DifferenceMode::heat;
    double gain = 8; // 1..64
    int plane = 0;   // of the difference and of numbers: Y, U, V
    BlockMeasure blocks = BlockMeasure::none;
    bool motion = false, qp = false;
    double zoom = 0;                     // device pixels per luma sample of the first pane; 0: fit
    double centreX = 0.5, centreY = 0.5; // of what is shown, 0..1 of the picture
    std::int64_t frame = 0;
    std::map<QString, std::int64_t> offsets;                   // by pane, added to the pane's own
    std::optional<std::pair<std::int64_t, std::int64_t>> loop; // first and last frame
    double speed = 1;                                          // 0.1..4
    QString quality = QStringLiteral("psnr_y");                // the upper curves of the timeline
    bool inspector = false, scopes = false;

    friend bool operator==(const PlayerState&, const PlayerState&) = default;
};

PlayerState readPlayerState(const QJsonObject& json);
// Only what differs from the default.
QJsonObject toJson(const PlayerState& state);

inline constexpr double kLargestZoom = 64;
QString modeTitle(Mode mode); // "Side by side"

} // namespace vitrine::player
