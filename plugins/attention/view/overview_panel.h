#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/matrix/item_grid.h"
#include "widgets/page/panel.h"

class QComboBox;
class QScrollArea;

namespace vitrine
{
class SegmentedSwitch;
}

namespace vitrine::attention_plugin
{

// The overview with its score and order.
class OverviewPanel : public Panel
{
    Q_OBJECT
public:
    explicit OverviewPanel(QWidget* parent);

    void setScene(const Scene& scene);

signals:
    void headChosen(vitrine::model::LayerHead head);
    void headPinToggled(vitrine::model::LayerHead head);
    void scoreChosen(vitrine::attention_plugin::Score score);
    void orderChosen(bool ranked);
    void menuWished(QPoint globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill(const Scene& scene);

    QComboBox* score_;
    SegmentedSwitch* order_;
    QScrollArea* area_;
    ItemGrid* grid_;
    LayerHead shown_{-1, -1};
    Score shownScore_ = Score::firstTokenMass;
    bool ranked_ = false;
    std::uint64_t version_ = 0, runsVersion_ = 0;
};

} // namespace vitrine::attention_plugin
