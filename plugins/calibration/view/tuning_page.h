#pragma once

#include "plugins/calibration/view/counters.h"
#include "plugins/calibration/view/heads_panel.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/sink_plots.h"
#include "plugins/calibration/view/tables_panel.h"
#include "plugins/calibration/view/tokens_panel.h"
#include "widgets/page/state_pages.h"

#include <QSplitter>

#include <optional>
#include <vector>

namespace vitrine::calibration_plugin
{

class NextTable;

// The parts of the tuning view and where they stand; each says itself what a person wishes.
class TuningPage
{
public:
    TuningPage(ViewContext& context, QWidget* view);

    static std::vector<SkeletonCard> skeleton(QSize size);
    // By the view's width: the next tokens stand beside the maps where there is room.
    void arrange(int width, const QJsonObject& sizes);
    void setSizes(const QJsonObject& sizes);                       // that a person gave
    void setScene(const Scene& scene);                             // all but plots and tables
    void setNumbers(const Scene& scene, const QJsonObject& state); // these, which lag behind a drag

    Counters* const counters;
    HeadsPanel* const heads;
    MapsPanel* const maps;
    TokensPanel* const tokens;
    SinkPlots* const plots;
    TablesPanel* const tables;
    QSplitter *const numbers, *const top, *const rows; // the last holds all but the counters

private:
    Panel* nextCard_;
    NextTable* next_;
    std::optional<bool> wide_;
};

} // namespace vitrine::calibration_plugin
