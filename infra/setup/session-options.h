/**
 * Included before the addon's own sources: sessions whose results do not depend on the process they run in. TensorFlow's
 * memory optimizer reorders and rewrites a graph by times that it estimates from what it measures of the processor, so
 * that two processes add up a larger network's gradients in different orders. Nothing else of its rewriting is left out.
 */
#include "tensorflow/c/c_api.h"

static inline TF_SessionOptions *RepeatableSessionOptions() {
  // ConfigProto { graph_options { rewrite_options { memory_optimization: NO_MEM_OPT } } }
  static const unsigned char config[] = {0x52, 0x04, 0x52, 0x02, 0x20, 0x01};
  TF_SessionOptions *options = TF_NewSessionOptions();
  TF_Status *status = TF_NewStatus();
  TF_SetConfig(options, config, sizeof config, status);
  TF_DeleteStatus(status);
  return options;
}

#define TF_NewSessionOptions RepeatableSessionOptions
