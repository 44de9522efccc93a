#pragma once

#include "core/base/json_fwd.h"
#include "plugins/quantization/view/live_planes.h"
#include "plugins/quantization/view/packed_model.h"
#include "widgets/page/panel.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

class QBoxLayout;
class QGridLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace vitrine
{
class Banner;
}

namespace vitrine::quantization_plugin
{

class StepSlider;

// The selected run's model on the first of its planes, beside the original: what it says, how well
// it predicts, how fast it is, while a slider moves. The models are opened by a session in the
// background once the state has `planes`, and closed when it has none.
class LiveCard : public Panel
{
    Q_OBJECT
public:
    LiveCard(ViewContext& context, QWidget* parent);

    // The runs that are shown, at least one, and the view's state.
    void setRuns(const std::vector<RunHandle>& runs, std::size_t selected,
                 const QJsonObject& state);
    void setNone(); // no run is shown
    bool isBehind() const { return live_->isBehind(); }

signals:
    // Keys of the view's state; null takes one away.
    void stateWished(const QJsonObject& keys, const QString& label, const QString& mergeKey);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeIntro();
    QWidget* makeContent();
    QWidget* makeNumbers();
    QWidget* makeNext();
    void wish(const QJsonObject& keys, const QString& label, const QString& mergeKey = {});
    void choosePlanes(int planes);
    void chooseLayerPlanes(int planes);
    void ask();
    void draw(); // all that stands in the card
    void drawAnswer(const RunRecord& answer);

    LivePlanes* live_;
    std::vector<RunHandle> runs_;
    std::size_t selected_ = 0;
    std::string layer_; // that is selected; empty: none
    std::optional<int> planes_;
    std::map<std::string, int> single_; // planes of single layers
    QString prompt_;
    std::optional<PackedModel> model_;
    std::string modelOf_; // uid of the run whose model that is
    QString missing_;     // what of it is not there

    QWidget *intro_ = nullptr, *content_ = nullptr, *answer_ = nullptr;
    Banner* banner_ = nullptr;
    QPushButton* close_ = nullptr;
    QLabel* introWords_ = nullptr;
    StepSlider *slider_ = nullptr, *layerSlider_ = nullptr;
    QLineEdit* edit_ = nullptr;
    QLabel* busy_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QLabel *originalText_ = nullptr, *versionText_ = nullptr, *versionHead_ = nullptr;
    QLabel* same_ = nullptr;
    QGridLayout *numbers_ = nullptr, *next_ = nullptr;
    std::vector<QBoxLayout*> pairs_;
    QLabel *meaning_ = nullptr, *fitted_ = nullptr;
};

} // namespace vitrine::quantization_plugin
