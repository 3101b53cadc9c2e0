"""What is deployed, and whether an account has it: `infra/template.yaml`, read, resolved and compared.

    template      the file, wherever this package lives
    intrinsics    its functions (Ref, Fn::Sub, Fn::If, ...) resolved for one account
    naming        what Ref and Fn::GetAtt give, for each type of resource
    readings/     how each type of resource is read back, in the template's own words: one file a service
    difference    what differs between two such descriptions
    comparison    all of it together

Kept out: deploying. A real account is deployed to by `aws cloudformation deploy`, the embedded one by
`local_aws.provision`.
"""
