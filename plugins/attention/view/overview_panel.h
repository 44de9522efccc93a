#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/matrix/item_card.h"

namespace vitrine
{
class SegmentedSwitch;
}

namespace vitrine::attention_plugin
{

// The overview of heads with its score and order. Scores are in the order of Score.
class OverviewPanel : public ItemCard
{
    Q_OBJECT
public:
    explicit OverviewPanel(QWidget* parent);

    void setScene(const Scene& scene);

signals:
    void orderChosen(bool ranked);

private:
    void fill(const Scene& scene);

    SegmentedSwitch* order_;
    Score shownScore_ = Score::firstTokenMass;
    bool ranked_ = false;
    std::uint64_t version_ = 0, runsVersion_ = 0;
};

} // namespace vitrine::attention_plugin
