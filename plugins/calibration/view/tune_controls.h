#pragma once

#include "plugins/calibration/view/view_state.h"

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

    void setState(const ViewState& state, LayerHead head); // emits nothing
    // `live`: what is shown is not stored and can be kept; else which run it is.
    void setOrigin(bool live, const QString& run);

signals:
    // `what` names the control: changes of one control in a drag are one step to undo.
    void calibrationChosen(const vitrine::attention::Calibration& calibration, const QString& what);
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
    void tell(const QString& what);

    attention::Calibration calibration_;
    bool own_ = false;
    ValueSlider *beta_, *tau_, *alpha_;
    QCheckBox* ownBeta_;
    SegmentedSwitch *rule_, *receivers_;
    NumberSpin *protect_, *rows_;
    QLabel* origin_;
    QPushButton *reset_, *beside_, *keep_;
};

} // namespace vitrine::calibration_plugin
