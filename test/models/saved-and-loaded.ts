import * as tf from '@tensorflow/tfjs';

/** The model as tf.loadLayersModel brings it back from what save() wrote. */
export async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let stored: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      // As a file would: what is not JSON or weights is lost.
      stored = { ...JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined })) };
      stored.weightData = artifacts.weightData!;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(stored));
}
