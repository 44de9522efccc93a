#pragma once

#include "core/attention/calibration.h"
#include "core/jobs/experiment/params.h"
#include "core/model/llm/llm.h"

#include <QWidget>

class QCheckBox;
class QHBoxLayout;
class QLabel;
class QPushButton;

namespace vitrine
{
class NumberSpin;
class SegmentedSwitch;
class ValueSlider;
} // namespace vitrine

namespace vitrine::calibration_plugin
{

// The numbers of calibration: β, the threshold rule with its number, what is left out, who
// receives.
class TuneControls : public QWidget
{
    Q_OBJECT
public:
    explicit TuneControls(QWidget* parent);

    // The parameters that are shown; `ownBeta`: the slider sets the head's own. Emits nothing.
    void setParams(const Params& params, bool ownBeta, model::LayerHead head);
    // `live`: what is shown is not stored and can be kept; else which run it is.
    void setOrigin(bool live, const QString& run);

signals:
    void tuned(const std::string& parameter, const vitrine::ParamValue& value);
    void headBetaChosen(double beta);
    void ownBetaChosen(bool own);
    void keepWished(bool beside);
    void resetWished();

private:
    QLabel* muted(const QString& words);
    QHBoxLayout* makeBetaLine();
    QHBoxLayout* makeRuleLine();
    QHBoxLayout* makeKeepLine();
    void connectParts();

    bool own_ = false;
    ValueSlider *beta_, *tau_, *alpha_;
    QCheckBox* ownBeta_;
    SegmentedSwitch *rule_, *receivers_;
    NumberSpin *protect_, *rows_;
    QLabel* origin_;
    QPushButton *reset_, *beside_, *keep_;
};

} // namespace vitrine::calibration_plugin
